import { h } from 'vue';
import DefaultTheme from 'vitepress/theme-without-fonts';
import dark from '../../images/phones-dark.png';
import light from '../../images/phones-light.png';
import './style.css';

const picture = (src, className) =>
  h('img', { src, class: `phones ${className}`, alt: 'Three phones; one rings with the virtual number', width: 1440 });

export default {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-image': () => [picture(light, 'in-light'), picture(dark, 'in-dark')],
    }),
};
